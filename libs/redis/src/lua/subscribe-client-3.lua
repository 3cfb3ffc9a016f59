#!lua
--[[
  Notes whether a client wants the messages of its user. From the first time on it has a place of its own in each chat,
  which is where the user is then, and does not move with his other clients.

  KEYS  1 client hash  2 the user's wake-up channel  3 his chats
  ARGV  1 user  2 '1' subscribe, '0' unsubscribe  3 now in ms
  Output 1 done, -1 no such client of this user
]]
local client = redis.call('HMGET', KEYS[1], 'u', 'x')
if client[1] ~= ARGV[1] or tonumber(client[2]) < tonumber(ARGV[3]) then return -1 end
redis.call('HSET', KEYS[1], 's', ARGV[2])
if ARGV[2] == '1' then
  local chats = redis.call('HGETALL', KEYS[3])
  for i = 1, #chats, 2 do redis.call('HSETNX', KEYS[1], 'k:' .. chats[i], string.match(chats[i + 1], '^%S+')) end
end
redis.call('SPUBLISH', KEYS[2], '')
return 1
