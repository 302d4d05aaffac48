# docker build -t mik-replay .
# docker run --rm --network host -v "$PWD:/data" mik-replay --target http://127.0.0.1:3000 shop.mtr
FROM swift:6.3-noble AS build
RUN apt-get update -q && apt-get install -q -y --no-install-recommends \
        libpcap-dev zlib1g-dev pkg-config make python3
WORKDIR /source
COPY . .
RUN make install PREFIX=/usr DESTDIR=/out

FROM ubuntu:24.04
RUN apt-get update -q && apt-get install -q -y --no-install-recommends \
        libpcap0.8 zlib1g libstdc++6 ca-certificates curl \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/usr /usr
# Recording live needs root or --cap-add NET_RAW; nothing else does.
RUN useradd --create-home --home-dir /data replay
USER replay
WORKDIR /data
ENTRYPOINT ["mik-replay"]
