# The server with everything it serves. Storage is a ClickHouse server (AIRUNS_CLICKHOUSE_URL), or the embedded engine in /data.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production AIRUNS_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app /app
# A new volume mounted at /data takes over its owner.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 4318
CMD ["node", "dist/server/cli.js", "start"]
