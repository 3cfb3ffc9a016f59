#!lua
--[[
  Stores service data.

  KEYS  1 stream of the service  2 data hash
  ARGV  1 most keys that the hash may hold   then key, value, …
  Output 1 stored, 0 too many keys (nothing was stored), -1 no such service
]]
local ttl = redis.call('TTL', KEYS[1])
if ttl == -2 then return -1 end
local fresh = 0
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 0 then fresh = fresh + 1 end
end
if redis.call('HLEN', KEYS[2]) + fresh > tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
if ttl > 0 then redis.call('EXPIRE', KEYS[2], ttl) end
return 1
