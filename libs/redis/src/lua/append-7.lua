#!lua
--[[
  Appends the events of one command to a service, and with them everything that must hold together.

  1. The stream must end at the event up to which the writer folded; otherwise the missing events are returned.
  2. The customer's cursor is read, and moved to the end of the reply.
  3. Events, feed entry, wake-up, deadlines, index of live services, checkpoint, service data, expiry.

  KEYS  1 stream  2 meta hash  3 feed (and its wake-up channel)  4 due set  5 live set  6 data hash
        7 wake-up channel of somebody who is told, or the feed again when nobody is
  ARGV  1 id of the last event the writer knows, '' = the service must not exist yet
        2 service id
        3 now in ms when the customer is seen by this command, else ''
        4 where the reply begins: '' = no reply shows events, 'c' = at the cursor, N = after position N
        5 position at which the reply ends
        6 seconds until the keys expire, 0 = leave
        7 id of the checkpoint, '' = none   8 the checkpoint
        9 live set: '' leave, '-' remove, or the score (ms) to add
       10 number of events   11 number of deadline changes   12 number of data pairs
       13 wake-up channels of others who are told, separated by blanks
       then per event: id, value; per deadline: kind, due ms or '-'; per data pair: key, value;
        to the end per transcript block: field, text
  Output {1, cursor before or -1}      appended
         {0, {entries after ARGV[1]}}  the writer is behind; no entries = too far behind, load afresh
         {-1}                          no such service, or it exists already when ARGV[1] = ''
         {-2}                          the stream ends before ARGV[1]: it was rolled back
]]
local FAR = 258
local expected = ARGV[1]
if expected == '' then
  if redis.call('EXISTS', KEYS[1]) == 1 then return {-1} end
else
  local tail = redis.call('XRANGE', KEYS[1], expected, '+', 'COUNT', FAR)
  if #tail == 0 then
    if redis.call('EXISTS', KEYS[1]) == 0 then return {-1} end
    return {-2}
  end
  if tail[1][1] ~= expected then return {-2} end
  if #tail == FAR then return {0, {}} end
  if #tail > 1 then
    table.remove(tail, 1)
    return {0, tail}
  end
end

local from = -1
local reply = ARGV[4]
if reply ~= '' then
  local cursor = tonumber(redis.call('HGET', KEYS[2], 'c') or 0)
  local to = tonumber(ARGV[5])
  from = reply == 'c' and cursor or tonumber(reply)
  if to > cursor and ARGV[3] ~= '' then
    redis.call('HSET', KEYS[2], 'c', ARGV[5], 's', ARGV[3])
  elseif to > cursor then
    redis.call('HSET', KEYS[2], 'c', ARGV[5])
  elseif ARGV[3] ~= '' then
    redis.call('HSET', KEYS[2], 's', ARGV[3])
  end
elseif ARGV[3] ~= '' then
  redis.call('HSET', KEYS[2], 's', ARGV[3])
end

local at = 14
local last
for _ = 1, tonumber(ARGV[10]) do
  last = ARGV[at]
  local value = ARGV[at + 1]
  if from >= 0 then value = value .. from end
  redis.call('XADD', KEYS[1], last, 'e', value)
  at = at + 2
end
redis.call('XADD', KEYS[3], '*', 's', ARGV[2], 'e', last)
-- To workers this is a hint; whoever only watches learns from it where to read, since workers take the entry off the feed.
redis.call('SPUBLISH', KEYS[3], ARGV[2] .. ' ' .. expected)
if KEYS[7] ~= KEYS[3] then redis.call('SPUBLISH', KEYS[7], '') end
for channel in string.gmatch(ARGV[13], '%S+') do redis.call('SPUBLISH', channel, '') end

for _ = 1, tonumber(ARGV[11]) do
  local member = ARGV[at] .. '|' .. ARGV[2]
  if ARGV[at + 1] == '-' then redis.call('ZREM', KEYS[4], member) else redis.call('ZADD', KEYS[4], ARGV[at + 1], member) end
  at = at + 2
end
if ARGV[9] == '-' then redis.call('ZREM', KEYS[5], ARGV[2]) elseif ARGV[9] ~= '' then redis.call('ZADD', KEYS[5], ARGV[9], ARGV[2]) end
for _ = 1, tonumber(ARGV[12]) do
  redis.call('HSET', KEYS[6], ARGV[at], ARGV[at + 1])
  at = at + 2
end
while ARGV[at] do
  redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
  at = at + 2
end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[2], 'k', ARGV[7], 'K', ARGV[8]) end
if ARGV[6] ~= '0' then
  redis.call('EXPIRE', KEYS[1], ARGV[6])
  redis.call('EXPIRE', KEYS[2], ARGV[6])
  redis.call('EXPIRE', KEYS[6], ARGV[6])
end
return {1, from}
