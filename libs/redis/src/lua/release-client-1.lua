#!lua flags=allow-oom
--[[
  A connect was held and is answered with nothing: from now on its client has to come again in time.

  KEYS  1 client hash
  ARGV  1 client id  2 cycle of the connect  3 now in ms  4 ms until the client expires
  Output 1, or 0 when a newer connect is held, or the client is gone
]]
if redis.call('HGET', KEYS[1], 'y') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'g', '', 'x', tonumber(ARGV[3]) + tonumber(ARGV[4]))
return 1
