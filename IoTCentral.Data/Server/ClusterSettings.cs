using System.Globalization;
using System.Text;

namespace IoTCentral.Data.Server;

/// <summary>Whether a commit is on disk before it is reported; off is for tests that throw their cluster away.</summary>
internal enum Durability
{
    Full,
    OffForTests,
}

/// <summary>The <c>postgresql.conf</c> of our own cluster, written anew at each start; <c>custom.conf</c> beside it wins.</summary>
internal static class ClusterSettings
{
    private const long Megabyte = 1024 * 1024;

    /// <param name="memory">Bytes this machine (or container) may use, which PostgreSQL shares with the program.</param>
    public static string Text(string socketFolder, long memory, bool hasLz4, Durability durability)
    {
        // An eighth, not PostgreSQL's usual quarter: the program and the file cache live on the same machine.
        var buffers = Math.Clamp(memory / 8, 64 * Megabyte, 1024 * Megabyte) / Megabyte;
        var cache = Math.Max(memory / 2, 128 * Megabyte) / Megabyte;
        var lasting = durability == Durability.Full ? "on" : "off";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Written by IoTCentral at each start. Your own settings go into custom.conf beside this file.
            listen_addresses = ''
            unix_socket_directories = {Quote($"\"{socketFolder.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")}
            unix_socket_permissions = 0700
            port = 5432
            max_connections = 100

            # An acknowledged message is a committed one: these three stay on.
            fsync = {lasting}
            synchronous_commit = {lasting}
            full_page_writes = {lasting}

            shared_buffers = {buffers}MB
            effective_cache_size = {cache}MB
            work_mem = 8MB
            maintenance_work_mem = 64MB
            max_wal_size = 2GB
            min_wal_size = 128MB
            checkpoint_timeout = 15min
            wal_compression = {(hasLz4 ? "lz4" : "on")}
            # Solid-state disks; short queries, which compiling only delays.
            random_page_cost = 1.1
            jit = off

            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'
            # LOG ranks above ERROR here: starts, stops and crashes, but no statement that was refused, and so no customer's data.
            log_min_messages = log
            log_min_error_statement = panic
            log_checkpoints = off
            log_line_prefix = '%m [%p] '
            include_if_exists = 'custom.conf'

            """
        );
    }

    private static string Quote(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Writes the file as the cluster's user, whose folder it is.</summary>
    public static async Task WriteAsync(ClusterPlace place, string text, ServerUser user, CancellationToken ct)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        var write = new Command(
            "sh",
            "-c",
            "umask 077 && cat > postgresql.conf.new && mv postgresql.conf.new postgresql.conf"
        )
        {
            Folder = place.Cluster,
            Input = text,
        };
        var result = await user.RunAsync(write, ct);
        if (!result.Succeeded)
        {
            throw new IOException(
                $"{bytes} bytes could not be written to {place.Cluster}/postgresql.conf: {result.Output}"
            );
        }
    }
}
