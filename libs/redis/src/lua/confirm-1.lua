#!lua
--[[
  Writes something, so that a WAIT that follows on the same connection covers all that this server had written before, and
  tells which events it still has: after a failover it may have less than was answered.

  KEYS  1 a key of the partition, written
  ARGV  1 prefix of the partition's streams
        then per event: stream id, entry id
  Output per event 1 = there, 0 = not
]]
redis.call('SET', KEYS[1], '', 'EX', 60)
local found = {}
for i = 2, #ARGV, 2 do
  found[#found + 1] = #redis.call('XRANGE', ARGV[1] .. ARGV[i], ARGV[i + 1], ARGV[i + 1])
end
return found
