#!lua
--[[
  The events of a chat are delivered to its user, from the chat's first event on, but not before a given time: by then the
  gateway that started it has either answered, and says so by a second call, or has died. Chats that ended long ago are
  let go.

  KEYS  1 chats of the user  2 his wake-up channel
  ARGV  1 service id  2 now in ms  3 seconds until the chats are forgotten  4 ms that an ended chat stays
        5 ms before which nothing is delivered  6 ' away' when its stream is in another partition, else ''
        7 '1' = also when it could be delivered before
  Output 1 bound, or earlier now; 0 it was bound already
]]
local now = tonumber(ARGV[2])
local chats = redis.call('HGETALL', KEYS[1])
for i = 1, #chats, 2 do
  local ended = tonumber(string.match(chats[i + 1], '^%S+ %d+ (%d+)'))
  if ended > 0 and now - ended > tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], chats[i]) end
end
local chat = redis.call('HGET', KEYS[1], ARGV[1])
local from, bound, ended = '0-0', nil, '0'
if chat then from, bound, ended = string.match(chat, '^(%S+) (%d+) (%d+)') end
if bound and tonumber(bound) <= tonumber(ARGV[5]) and ARGV[7] ~= '1' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], from .. ' ' .. ARGV[5] .. ' ' .. ended .. ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[3])
-- Before the time, too: held connects look again when it has come, should nobody say so then.
redis.call('SPUBLISH', KEYS[2], '')
return 1
