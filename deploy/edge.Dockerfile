# nginx in front of the services of docker-compose.yml's profile `distributed`. From the project's
# directory: docker build -f deploy/edge.Dockerfile -t footlight-edge .
FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends nginx libnginx-mod-http-lua \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir -p /var/lib/footlight-edge \
  && chown www-data:www-data /var/lib/footlight-edge
COPY deploy/*.conf /etc/footlight-edge/
COPY deploy/installation /etc/footlight-edge/site
USER www-data
EXPOSE 8080
CMD ["nginx", "-p", "/var/lib/footlight-edge/", "-c", "/etc/footlight-edge/nginx.conf"]
