#!lua flags=allow-oom
--[[
  Ends a Bayeux client and, when it says how far it has read, puts the user's place in a chat there: the chat last
  delivered to this client, else the newest one that goes on.

  KEYS  1 client hash  2 chats of the user  3 his clients  4 his wake-up channel
  ARGV  1 client id  2 user  3 position after which to resume, '' = leave  4 now in ms
  Tells its held connect so: `-` and the client id on the channel.
  Output {1 or 0: there was such a client and it had not expired, service whose place was put or ''}
]]
--@include resume-place
local client = redis.call('HMGET', KEYS[1], 'u', 'l', 'x')
local there = client[1] == ARGV[2]
local service = ''
if ARGV[3] ~= '' and (there or not client[1]) then
  if there and client[2] then service = client[2] end
  if service == '' or redis.call('HEXISTS', KEYS[2], service) == 0 then
    service = ''
    local newest = -1
    local chats = redis.call('HGETALL', KEYS[2])
    for i = 1, #chats, 2 do
      local bound, ended = string.match(chats[i + 1], '^%S+ (%d+) (%d+)')
      if ended == '0' and tonumber(bound) > newest then
        service = chats[i]
        newest = tonumber(bound)
      end
    end
  end
  if service ~= '' then
    local chat = redis.call('HGET', KEYS[2], service)
    local committed, rest = string.match(chat, '^(%S+)(.*)$')
    redis.call('HSET', KEYS[2], service, resume(ARGV[3], committed) .. rest)
  end
end
if there then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('SPUBLISH', KEYS[4], '-' .. ARGV[1])
end
return {there and tonumber(client[3]) >= tonumber(ARGV[4]) and 1 or 0, service}
