#!lua
--[[
  Puts a service where its stream says that it is, and matches what becomes possible by that.

  KEYS  1 prefix of the routing table
  ARGV  1 service  2 as of  3 'waiting', 'assigned' or 'gone'  4 agents who are held for it or in its chat, by commas
        5 now in ms  6 prefix of tokens
        when it waits: 7 since, ms  8 score  9 stages, `<after ms>|<requirement>` by semicolons  10 excluded agents, by commas
  Output {service, agent, nickname, token, …}
]]
--@include routing
local service, asOf, now, tokens = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[5]), ARGV[6]
local key = P .. 's:' .. service
local before = redis.call('HMGET', key, 'asOf', 'req', 'agents', 'token', 'agent')
if before[1] and tonumber(before[1]) > asOf then return {} end
-- Told again: a match of its own is on its way, and comes again when it got lost.
if before[1] and tonumber(before[1]) == asOf and before[4] and ARGV[3] == 'waiting' then return {} end
if before[2] then leave(service, before[2]) end
local freed = {}
local function free(agent)
  if not lists(ARGV[4], agent) and drop(agent, service, now) then freed[#freed + 1] = agent end
end
if before[4] then free(unmatch(service, now)) end
if before[3] then each(before[3], ',', free) end
each(ARGV[4], ',', function(agent)
  if redis.call('SISMEMBER', P .. 'load:' .. agent, service) == 0 then carry(agent, service, now) end
end)
if ARGV[3] == 'gone' then
  -- Somebody slower may still tell of it as it was.
  redis.call('DEL', key)
  redis.call('HSET', key, 'asOf', ARGV[2])
  redis.call('EXPIRE', key, 3600)
else
  redis.call('HSET', key, 'asOf', ARGV[2], 'agents', ARGV[4])
  redis.call('PERSIST', key)
end
if ARGV[3] == 'waiting' then
  redis.call('HSET', key, 'since', ARGV[7], 'score', ARGV[8], 'stages', ARGV[9], 'excl', ARGV[10])
  enqueue(service, now)
  matchService(service, now, tokens)
end
for _, agent in ipairs(freed) do matchAgent(agent, now, tokens) end
return matches
