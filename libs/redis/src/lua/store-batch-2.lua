#!lua flags=allow-oom
--[[
  Keeps a batch that was collected from streams of other partitions.

  KEYS  1 client hash  2 clients of the user
  ARGV  1 client id  2 user  3 cycle of the connect  4 gateway  5 now in ms  6 ms until the client expires
        then service, after id, last id, …
  Output number of the batch, -1 no such client of this user, -2 a newer connect has taken over
]]
local client = redis.call('HMGET', KEYS[1], 'u', 'n', 'y')
if client[1] ~= ARGV[2] then return -1 end
if client[3] ~= ARGV[3] then return -2 end
local n = tonumber(client[2]) + 1
local words = {n, ARGV[4], ARGV[5]}
for i = 7, #ARGV do words[#words + 1] = ARGV[i] end
redis.call('HSET', KEYS[1], 'n', n, 'g', '', 'b', table.concat(words, ' '))
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('ZADD', KEYS[2], tonumber(ARGV[5]) + tonumber(ARGV[6]), ARGV[1])
return n
