#!lua flags=allow-oom
--[[
  Keeps a batch that was collected from streams of other partitions.

  KEYS  1 client hash  2 his user's chats
  ARGV  1 client id  2 user  3 cycle of the connect  4 gateway  5 now in ms  6 ms until the client expires
        then service, after id, last id, '1' when the chat ends in it, …
  Output number of the batch, -1 no such client of this user, -2 a newer connect has taken over
]]
local client = redis.call('HMGET', KEYS[1], 'u', 'n', 'y')
if client[1] ~= ARGV[2] then return -1 end
if client[3] ~= ARGV[3] then return -2 end
local n = tonumber(client[2]) + 1
local words = {n, ARGV[4], ARGV[5]}
for i = 7, #ARGV, 4 do
  for j = i, i + 2 do words[#words + 1] = ARGV[j] end
  local chat = ARGV[i + 3] == '1' and redis.call('HGET', KEYS[2], ARGV[i])
  if chat then redis.call('HSET', KEYS[2], ARGV[i], string.match(chat, '^(%S+ %S+)') .. ' ' .. ARGV[5] .. ' away') end
end
redis.call('HSET', KEYS[1], 'n', n, 'g', '', 'b', table.concat(words, ' '), 'x', tonumber(ARGV[5]) + tonumber(ARGV[6]))
return n
