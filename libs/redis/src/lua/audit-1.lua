#!lua flags=allow-oom
--[[
  Writes down what an administrator did, once however often it is sent.

  KEYS  1 audit stream
  ARGV  1 id of the act  2 most entries that are kept, about  then field, value, …
  Output 1 written, 0 it was there already
]]
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 100)) do
  if entry[2][2] == ARGV[1] then return 0 end
end
local fields = {'id', ARGV[1]}
for i = 3, #ARGV do fields[#fields + 1] = ARGV[i] end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', unpack(fields))
return 1
