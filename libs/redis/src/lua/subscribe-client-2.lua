#!lua
--[[
  Notes whether a client wants the messages of its user.

  KEYS  1 client hash  2 the user's wake-up channel
  ARGV  1 user  2 '1' subscribe, '0' unsubscribe
  Output 1 done, -1 no such client of this user
]]
if redis.call('HGET', KEYS[1], 'u') ~= ARGV[1] then return -1 end
redis.call('HSET', KEYS[1], 's', ARGV[2])
redis.call('SPUBLISH', KEYS[2], '')
return 1
