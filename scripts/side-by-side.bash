# What the comparisons of this folder share. A script sources it from the root of the sources.
#
# Sets $folder, a temporary one, and ends the processes in $processes when the script ends.

name=$(basename "$0")
folder=$(mktemp -d)
processes=()
finish() {
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    for process in "${processes[@]}"; do wait "$process" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

needs_two_cores() {
    [ "$(nproc)" -ge 2 ] || { echo "$name: needs two processor cores" >&2; exit 69; }
}

# Waits until something listens on a port; shows the logs when the process is gone or silent.
await() { # PORT PROCESS
    for _ in $(seq 100); do
        kill -0 "$2" || break
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
        sleep 0.1
    done
    cat "$folder"/*.log >&2
    echo "$name: nothing answers on port $1" >&2
    exit 69
}

# Starts nginx, in one process on a core, and sets $nginx_process. Without further settings it keeps no log.
start_nginx() { # NAME CORE PORT LOCATIONS [SETTINGS]
    cat >"$folder/$1.conf" <<END
daemon off;
master_process off;
pid $folder/$1.pid;
error_log $folder/$1.log;
include /etc/nginx/modules-enabled/*.conf;
events { worker_connections 20480; }
http {
    ${5:-access_log off;}
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_body_temp_path $folder;
    proxy_temp_path $folder;
    fastcgi_temp_path $folder;
    uwsgi_temp_path $folder;
    scgi_temp_path $folder;
    server {
        listen 127.0.0.1:$3;
        $4
    }
}
END
    taskset -c "$2" nginx -e "$folder/$1.log" -c "$folder/$1.conf" &
    nginx_process=$!
    processes+=("$nginx_process")
    await "$3" "$nginx_process"
}

# A function for awk: the median of values[1] to values[count], which it sorts.
median_for_awk='
    function median(values, count,    i, j, swap) {
        for (i = 2; i <= count; i++)
            for (j = i; j > 1 && values[j - 1] > values[j]; j--) {
                swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
            }
        return (values[int((count + 1) / 2)] + values[int(count / 2) + 1]) / 2
    }'
