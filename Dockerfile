# One image for both roles: it runs the gateway; the worker is the same image with another command
# (node dist/apps/worker/src/main.js). docker-compose.yml shows both.

FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV SCARF_ANALYTICS=false
# The dependencies first: their layer stays while only sources change.
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY . .
RUN node scripts/build.mjs \
  && npm prune --omit=dev --no-audit --no-fund --loglevel=error

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/services services
COPY --from=build /app/dist dist
# Nothing here is written by the processes: root owns the files, and node may read them.
USER node
EXPOSE 8080 8081 8082
CMD ["node", "dist/apps/gateway/src/main.js"]
