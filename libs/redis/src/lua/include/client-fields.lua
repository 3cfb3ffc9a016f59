-- Notes until when a client lives. Its key is kept for a minute longer, so that not every call has to renew it.
local function keep(fields, key, clients, id, until_, now, ms)
  fields[#fields + 1] = 'x'
  fields[#fields + 1] = now + ms
  if not until_ or tonumber(until_) < now + ms then
    fields[#fields + 1] = 'w'
    fields[#fields + 1] = now + ms + 60000
    redis.call('PEXPIRE', key, ms + 60000)
    redis.call('ZADD', clients, now + ms + 60000, id)
  end
end
