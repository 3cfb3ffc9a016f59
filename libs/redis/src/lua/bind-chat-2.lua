#!lua
--[[
  From now on the events of a chat are delivered to its user, from the chat's first event on. Chats that ended long ago
  are let go.

  KEYS  1 chats of the user  2 his wake-up channel
  ARGV  1 service id  2 now in ms  3 seconds until the chats are forgotten  4 ms that an ended chat stays
  Output 1 bound, 0 it was bound already
]]
local now = tonumber(ARGV[2])
local chats = redis.call('HGETALL', KEYS[1])
for i = 1, #chats, 2 do
  local ended = tonumber(string.match(chats[i + 1], ' (%d+)$'))
  if ended > 0 and now - ended > tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], chats[i]) end
end
local bound = redis.call('HSETNX', KEYS[1], ARGV[1], '0-0 ' .. ARGV[2] .. ' 0')
redis.call('EXPIRE', KEYS[1], ARGV[3])
if bound == 1 then redis.call('SPUBLISH', KEYS[2], '') end
return bound
