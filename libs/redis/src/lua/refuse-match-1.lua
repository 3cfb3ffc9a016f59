#!lua
--[[
  The stream of a service refused a match: its agent is free again, and the service asks others.

  KEYS  1 prefix of the routing table
  ARGV  1 service  2 token of the match  3 now in ms  4 prefix of tokens
  Output {service, agent, nickname, token, …}
]]
--@include routing
local service, now = ARGV[1], tonumber(ARGV[3])
local key = P .. 's:' .. service
if redis.call('HGET', key, 'token') ~= ARGV[2] then return {} end
local agent = unmatch(service, now)
drop(agent, service, now)
local stages, excl = unpack(redis.call('HMGET', key, 'stages', 'excl'))
if stages then
  redis.call('HSET', key, 'excl', excl == '' and agent or excl .. ',' .. agent)
  enqueue(service, now)
  matchService(service, now, ARGV[4])
end
matchAgent(agent, now, ARGV[4])
return matches
