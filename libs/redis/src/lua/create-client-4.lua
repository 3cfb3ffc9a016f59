#!lua
--[[
  Makes a Bayeux client of a user. His oldest makes room when he has too many.

  KEYS  1 client hash  2 clients of the user  3 his wake-up channel  4 his handshakes of late
  ARGV  1 client id  2 user  3 now in ms  4 ms until it expires without a connect  5 most clients
        6 prefix of client hashes  7 most handshakes in a span  8 the span in ms
  Output 1 made, 0 too many handshakes of late
]]
local now = tonumber(ARGV[3])
local handshakes = redis.call('INCR', KEYS[4])
if handshakes == 1 then redis.call('PEXPIRE', KEYS[4], ARGV[8]) end
if handshakes > tonumber(ARGV[7]) then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5]) then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    if tonumber(redis.call('HGET', ARGV[6] .. id, 'x') or 0) < now then
      redis.call('DEL', ARGV[6] .. id)
      redis.call('ZREM', KEYS[2], id)
    end
  end
end
while redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
  redis.call('DEL', ARGV[6] .. oldest)
  redis.call('SPUBLISH', KEYS[3], '')
end
local fields = {'u', ARGV[2], 'n', '0', 'y', '0', 'g', '', 's', '0', 'b', ''}
--@include client-fields
keep(fields, KEYS[1], KEYS[2], ARGV[1], false, now, tonumber(ARGV[4]))
redis.call('HSET', KEYS[1], unpack(fields))
-- The key did not exist yet when its expiry was set.
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[4]) + 60000)
redis.call('EXPIRE', KEYS[2], 86400)
return 1
