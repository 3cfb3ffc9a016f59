#!lua
--[[
  Everything after a place of a chat goes to all clients of its user again.

  KEYS  1 chats of the user  2 his clients  3 his wake-up channel
  ARGV  1 service id  2 position after which to deliver  3 prefix of client hashes
  Output 1, or 0 when the chat is not delivered to this user
]]
local chat = redis.call('HGET', KEYS[1], ARGV[1])
if not chat then return 0 end
--@include resume-place
local committed, rest = string.match(chat, '^(%S+)(.*)$')
local place = resume(ARGV[2], committed)
redis.call('HSET', KEYS[1], ARGV[1], place .. rest)
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local key = ARGV[3] .. id
  if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'k:' .. ARGV[1], place, 'b', '') end
end
redis.call('SPUBLISH', KEYS[3], '')
return 1
