#!lua flags=allow-oom
--[[
  Leaves nothing of a service: its events, its data, its places in the indexes.

  KEYS  1 stream  2 meta hash  3 data hash  4 due set  5 live set
  ARGV  1 service id
  Output 1 there was something, 0 there was nothing
]]
local count = redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('ZREM', KEYS[5], ARGV[1])
local cursor = '0'
repeat
  local found = redis.call('ZSCAN', KEYS[4], cursor, 'MATCH', '*|' .. ARGV[1], 'COUNT', 1000)
  cursor = found[1]
  for i = 1, #found[2], 2 do redis.call('ZREM', KEYS[4], found[2][i]) end
until cursor == '0'
return count > 0 and 1 or 0
