# The server with everything it serves. Storage is a ClickHouse server (AIRUNS_CLICKHOUSE_URL), or the embedded engine in /data.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
# No package of ours needs its install script.
RUN npm ci --ignore-scripts && npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
# The embedded engine's reads, its inserts and the journal each hold a thread of the pool; Node starts with 4.
ENV NODE_ENV=production AIRUNS_DATA_DIR=/data UV_THREADPOOL_SIZE=12
WORKDIR /app
COPY --from=build /app /app
# A new volume mounted at /data takes over its owner.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 4318
CMD ["node", "dist/server/cli.js", "start"]
