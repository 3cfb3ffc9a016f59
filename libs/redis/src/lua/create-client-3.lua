#!lua
--[[
  Makes a Bayeux client of a user. His oldest makes room when he has too many.

  KEYS  1 client hash  2 clients of the user  3 his wake-up channel
  ARGV  1 client id  2 user  3 '1' when it acknowledges  4 now in ms  5 ms until it expires without a connect
        6 most clients  7 prefix of client hashes
  Output 1
]]
local now = tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
while redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
  redis.call('DEL', ARGV[7] .. oldest)
  redis.call('SPUBLISH', KEYS[3], '')
end
redis.call('HSET', KEYS[1], 'u', ARGV[2], 'a', ARGV[3], 'n', '0', 'y', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[5]), ARGV[1])
redis.call('EXPIRE', KEYS[2], 86400)
return 1
