#!lua flags=allow-oom
--[[
  The reply with a batch has been written to a client that does not acknowledge: it has the batch.

  KEYS  1 client hash  2 chats of the user  3 his wake-up channel
  ARGV  1 user  2 number of the batch  3 client id
  Output 1 committed, 0 there is no such batch any more
]]
--@include commit-batch
local client = redis.call('HMGET', KEYS[1], 'u', 'b')
if client[1] ~= ARGV[1] or not client[2] or client[2] == '' then return 0 end
local words = split(client[2])
if words[1] ~= ARGV[2] then return 0 end
local fields = {}
commit(words, fields)
redis.call('HSET', KEYS[1], unpack(fields))
redis.call('SPUBLISH', KEYS[3], ARGV[3])
return 1
