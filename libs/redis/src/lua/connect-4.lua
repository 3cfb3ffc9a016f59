#!lua flags=allow-oom
--[[
  A connect of a Bayeux client: checks its owner, takes over from an older connect, commits what the client has, and
  collects what is new in the chats of its user. What is collected is kept as a numbered batch until it is committed, so
  that any gateway can send the very same batch again.

  A batch is kept as `<n> <gateway> <made at ms>` and for each chat ` <service> <after id> <last id>`.

  KEYS  1 client hash  2 chats of the user  3 his wake-up channel  4 his clients
  ARGV  1 client id  2 user
        3 '' = a new connect, else the cycle of the one that is held and looks again
        4 the number that the client acknowledges, '' = none
        5 the number of the last batch that this gateway has written to the client, '' = unknown
        6 gateway  7 now in ms  8 ms until the client expires when it is held  9 the same when it is answered
       10 prefix of streams  11 '1' = repeat a batch although another gateway may be writing it just now
  Output {-1}                                          no such client of this user
         {-2}                                          a newer connect has taken over
         {0, n, cycle, {service, after id, …}}         nothing new; the chats whose streams are elsewhere
         {1, n, cycle, {service, after id, last id, {entries}, …}}  a batch; no entries = the stream is elsewhere
         {2, n, cycle}                                 the last batch may be on its way: look again soon
]]
local client = redis.call('HMGET', KEYS[1], 'u', 'a', 'n', 'y', 'g', 's', 'b')
if not client[1] or client[1] ~= ARGV[2] then return {-1} end
local now = tonumber(ARGV[7])
local acknowledges = client[2] == '1'
local n = tonumber(client[3])
local cycle = ARGV[3]
if cycle == '' then
  cycle = redis.call('HINCRBY', KEYS[1], 'y', 1)
  if client[5] and client[5] ~= '' and client[5] ~= ARGV[6] then redis.call('SPUBLISH', KEYS[3], ARGV[1]) end
else
  cycle = tonumber(cycle)
  if cycle ~= tonumber(client[4]) then return {-2} end
end

--@include commit-batch
local function expire(ms)
  redis.call('PEXPIRE', KEYS[1], ms)
  redis.call('ZADD', KEYS[4], now + tonumber(ms), ARGV[1])
end
-- Only what the customer's application learns of counts: lines, the start and the end of the chat.
local function matters(value)
  return string.byte(value) == 91 or string.find(value, '"t":"ChatStarted"', 1, true) or string.find(value, '"t":"ChatEnded"', 1, true)
end

local batch = client[7]
if batch and batch ~= '' then
  local words = split(batch)
  local number = tonumber(words[1])
  local has = false
  if acknowledges then
    has = ARGV[4] ~= '' and tonumber(ARGV[4]) == number
  else
    has = ARGV[5] ~= '' and tonumber(ARGV[5]) == number
    if not has and ARGV[11] ~= '1' and now - tonumber(words[3]) < 1000 then return {2, n, cycle} end
  end
  if has then
    commit(words)
  else
    local again = {}
    for i = 4, #words, 3 do
      again[#again + 1] = words[i]
      again[#again + 1] = words[i + 1]
      again[#again + 1] = words[i + 2]
      again[#again + 1] = redis.call('XRANGE', ARGV[10] .. words[i], '(' .. words[i + 1], words[i + 2])
    end
    words[2], words[3] = ARGV[6], ARGV[7]
    redis.call('HSET', KEYS[1], 'b', table.concat(words, ' '), 'g', '')
    expire(ARGV[9])
    return {1, number, cycle, again}
  end
end

local elsewhere = {}
local found = {}
local kept = {}
if client[6] == '1' then
  local chats = redis.call('HGETALL', KEYS[2])
  for i = 1, #chats, 2 do
    local service = chats[i]
    local committed, bound = string.match(chats[i + 1], '^(%S+) (%d+)')
    local from = redis.call('HGET', KEYS[1], 'k:' .. service) or committed
    local stream = ARGV[10] .. service
    -- Until the reply that tells the application of the chat has been written, it would drop its messages.
    local entries = {}
    if tonumber(bound) <= now then entries = redis.call('XRANGE', stream, '(' .. from, '+', 'COUNT', 200) end
    if #entries > 0 then
      local last = entries[#entries][1]
      local shown = false
      for e = 1, #entries do
        if matters(entries[e][2][2]) then
          shown = true
          if string.find(entries[e][2][2], '"t":"ChatEnded"', 1, true) then
            local head = string.match(chats[i + 1], '^(%S+ %S+)')
            redis.call('HSET', KEYS[2], service, head .. ' ' .. ARGV[7])
          end
        end
      end
      if shown then
        found[#found + 1] = service
        found[#found + 1] = from
        found[#found + 1] = last
        found[#found + 1] = entries
        kept[#kept + 1] = ' ' .. service .. ' ' .. from .. ' ' .. last
      else
        redis.call('HSET', KEYS[1], 'k:' .. service, last)
      end
    elseif tonumber(bound) <= now and redis.call('EXISTS', stream) == 0 then
      elsewhere[#elsewhere + 1] = service
      elsewhere[#elsewhere + 1] = from
    end
  end
end
if #found == 0 then
  redis.call('HSET', KEYS[1], 'g', ARGV[6])
  expire(ARGV[8])
  return {0, n, cycle, elsewhere}
end
n = n + 1
redis.call('HSET', KEYS[1], 'n', n, 'g', '', 'b', n .. ' ' .. ARGV[6] .. ' ' .. ARGV[7] .. table.concat(kept))
expire(ARGV[9])
return {1, n, cycle, found}
