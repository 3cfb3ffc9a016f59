#!lua
--[[
  Moves a deadline that was met too early, and renews the expiry of the service's keys with it.

  KEYS  1 due set  2 stream  3 meta hash  4 data hash
  ARGV  1 member `<kind>|<service>`   2 due ms, '-' = it no longer applies   3 seconds until the keys expire, 0 = leave
  Output 1 moved, 0 there is no such deadline any more
]]
if ARGV[2] == '-' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])
if ARGV[3] ~= '0' then
  for i = 2, 4 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
end
return 1
