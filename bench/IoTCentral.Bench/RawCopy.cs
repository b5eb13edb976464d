using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Bench;

/// <summary>
/// The yardstick: binary COPY into a narrow table without an index, 10,000 rows a batch, one connection. What the same
/// disk and processors can take in at most, measured in the same run.
/// </summary>
internal static class RawCopy
{
    private const int Batch = 10_000;

    /// <returns>Points (rows) per second.</returns>
    public static async Task<double> MeasureAsync(Func<NpgsqlConnection> connect, TimeSpan length, CancellationToken ct)
    {
        await using var connection = connect();
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, "drop table if exists bench_raw", ct);
        await ExecuteAsync(
            connection,
            "create table bench_raw (series bigint not null, ts timestamptz not null, value double precision not null)",
            ct
        );
        long rows = 0;
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            await using var copy = await connection.BeginBinaryImportAsync(
                "copy bench_raw (series, ts, value) from stdin (format binary)",
                ct
            );
            for (var i = 0; i < Batch; i++, rows++)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(rows % 3_000, NpgsqlDbType.Bigint, ct);
                await copy.WriteAsync(start.AddMilliseconds(rows), NpgsqlDbType.TimestampTz, ct);
                await copy.WriteAsync(rows * 0.01, NpgsqlDbType.Double, ct);
            }

            await copy.CompleteAsync(ct);
        }

        var rate = rows / watch.Elapsed.TotalSeconds;
        await ExecuteAsync(connection, "drop table bench_raw", ct);
        return rate;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
