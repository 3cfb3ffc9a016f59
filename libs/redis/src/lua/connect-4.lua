#!lua flags=allow-oom
--[[
  A connect of a Bayeux client: checks its owner, takes over from an older connect, commits what the client has, and
  collects what is new in the chats of its user. What is collected is kept as a numbered batch until it is committed, so
  that any gateway can send the very same batch again.

  Writes are dear here: all of one call go into one HSET, and the expiry of the key is renewed once a minute. Until when
  the client really lives stands in the field `x`.

  A batch is kept as `<n> <gateway> <made at ms>` and for each chat ` <service> <after id> <last id>`.

  KEYS  1 client hash  2 chats of the user  3 his wake-up channel  4 his clients
  ARGV  1 client id  2 user
        3 '' = a new connect, else the cycle of the one that is held and looks again
        4 the number that the client acknowledges, '' = none
        5 the number of the last batch that this gateway has written to the client, '' = unknown
        6 gateway  7 now in ms  8 ms until the client expires when it is held, '' = it is not held
        9 the same when it is answered
       10 prefix of streams  11 '1' = repeat a batch although another gateway may be writing it just now
       12 '' = the user is a customer, else the types of events that are not told, between blanks
  Output {-1}                                          no such client of this user
         {-2}                                          a newer connect has taken over
         {0, n, cycle, {service, after id, …}, ms}     nothing new; the chats whose streams are elsewhere, and the time
                                                       until one that waits for its reply may be told, -1 = there is none
         {1, n, cycle, {service, after id, last id, {entries}, …}}  a batch; no entries = the stream is elsewhere
         {2, n, cycle}                                 the last batch may be on its way: look again soon
]]
local client = redis.call('HMGET', KEYS[1], 'u', 'n', 'y', 'g', 's', 'b', 'x', 'w')
local now = tonumber(ARGV[7])
if client[1] ~= ARGV[2] or tonumber(client[7]) < now then return {-1} end
-- Some ask for acknowledgement in the handshake and never do it: what each connect says is what counts.
local acknowledges = ARGV[4] ~= ''
local n = tonumber(client[2])
local cycle = tonumber(client[3])
local holds = ARGV[8] ~= ''
local set = {}
--@include client-fields
local function put(field, value)
  set[#set + 1] = field
  set[#set + 1] = value
end
if ARGV[3] == '' then
  cycle = cycle + 1
  put('y', cycle)
  holds = holds and cycle > 1
  if client[4] ~= '' then redis.call('SPUBLISH', KEYS[3], ARGV[1]) end
elseif cycle ~= tonumber(ARGV[3]) then
  return {-2}
end
local function answer(gateway, ms, reply)
  put('g', gateway)
  keep(set, KEYS[1], KEYS[4], ARGV[1], client[8], now, tonumber(ms))
  redis.call('HSET', KEYS[1], unpack(set))
  return reply
end

--@include commit-batch
-- Only what the customer's application (or the agent) learns of counts; for the former: lines, start and end of the chat, statuses. The type is read at the
-- head of the body: what follows may hold any words of the customer.
local function told(value)
  if string.byte(value) == 91 then return 'line' end
  local kind = string.match(value, '^\n{"v":%d+,"t":"(%a+)"')
  if ARGV[12] ~= '' then return kind and not string.find(ARGV[12], ' ' .. kind .. ' ', 1, true) and kind end
  return (kind == 'ChatStarted' or kind == 'ChatEnded' or kind == 'StatusSet') and kind
end

local places = {}
if client[6] ~= '' then
  local words = split(client[6])
  local number = tonumber(words[1])
  local has = false
  if acknowledges then
    has = tonumber(ARGV[4]) == number
  else
    has = ARGV[5] ~= '' and tonumber(ARGV[5]) == number
    if not has and ARGV[11] ~= '1' and now - tonumber(words[3]) < 1000 then
      return answer(holds and ARGV[6] or '', holds and ARGV[8] or ARGV[9], {2, n, cycle})
    end
  end
  if has then
    places = commit(words, set)
  else
    local again = {}
    for i = 4, #words, 3 do
      again[#again + 1] = words[i]
      again[#again + 1] = words[i + 1]
      again[#again + 1] = words[i + 2]
      again[#again + 1] = redis.call('XRANGE', ARGV[10] .. words[i], '(' .. words[i + 1], words[i + 2])
    end
    words[2], words[3] = ARGV[6], ARGV[7]
    put('b', table.concat(words, ' '))
    return answer('', ARGV[9], {1, number, cycle, again})
  end
end

local elsewhere = {}
local found = {}
local kept = {}
local untilTold = -1
if client[5] == '1' then
  local chats = redis.call('HGETALL', KEYS[2])
  for i = 1, #chats, 2 do
    local service = chats[i]
    local bound, place = string.match(chats[i + 1], '^%S+ (%d+) %S+ ?(.*)$')
    -- A chat without a place began after the client subscribed.
    local from = places[service] or redis.call('HGET', KEYS[1], 'k:' .. service) or '0-0'
    -- Until the reply that tells the application of the chat has been written, it would drop its messages.
    local waits = tonumber(bound) - now
    if waits > 0 then
      if untilTold < 0 or waits < untilTold then untilTold = waits end
    elseif place == 'away' then
      elsewhere[#elsewhere + 1] = service
      elsewhere[#elsewhere + 1] = from
    else
      local entries = redis.call('XRANGE', ARGV[10] .. service, '(' .. from, '+', 'COUNT', 200)
      local shown = false
      for e = 1, #entries do
        local kind = told(entries[e][2][2])
        shown = shown or kind
        if kind == 'ChatEnded' then
          redis.call('HSET', KEYS[2], service, string.match(chats[i + 1], '^(%S+ %S+)') .. ' ' .. ARGV[7])
        end
      end
      if shown then
        local last = entries[#entries][1]
        found[#found + 1] = service
        found[#found + 1] = from
        found[#found + 1] = last
        found[#found + 1] = entries
        kept[#kept + 1] = ' ' .. service .. ' ' .. from .. ' ' .. last
      elseif #entries > 0 then
        put('k:' .. service, entries[#entries][1])
      end
    end
  end
end
if #found == 0 then
  return answer(holds and ARGV[6] or '', holds and ARGV[8] or ARGV[9], {0, n, cycle, elsewhere, untilTold})
end
n = n + 1
put('n', n)
put('b', n .. ' ' .. ARGV[6] .. ' ' .. ARGV[7] .. table.concat(kept))
return answer('', ARGV[9], {1, n, cycle, found})
