using System.Diagnostics;
using IoTCentral.Core.Tenants;
using Npgsql;

namespace IoTCentral.Bench.Store;

/// <summary>What the walls between applications cost a reader: one question as the program asks it, and with no walls.</summary>
internal sealed class Walls(NpgsqlDataSource app, NpgsqlConnection owner, TenantId tenant)
{
    private const int Times = 101;

    private const string Question =
        "select device_key, start, n, min, max, sum, first, last from chunk where device_key = any($1) and level = 0";

    public async Task<Row> MeasureAsync(long[] devices, CancellationToken ct)
    {
        await using var inside = await app.OpenConnectionAsync(ct);
        var (walled, open) = (new List<double>(), new List<double>());
        for (var i = 0; i < Times; i++)
        {
            // by turns, so that neighbours harm both alike
            walled.Add(await AskAsync(inside, Question, devices, ct));
            open.Add(await AskAsync(owner, $"{Question} and tenant_id = {tenant.Value}", devices, ct));
        }
        walled.Sort();
        open.Sort();
        return new(
            "1,000 devices' summaries: with walls between applications ÷ without",
            walled[Times / 2] / open[Times / 2],
            "",
            Better.Less,
            1.1,
            1.05
        )
        {
            Note = $"{Row.Show(walled[Times / 2])} ms; without {Row.Show(open[Times / 2])} ms",
        };
    }

    /// <summary>Milliseconds.</summary>
    private async Task<double> AskAsync(NpgsqlConnection connection, string sql, long[] devices, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select set_config('app.tenant_id', $1, true)")
                {
                    Parameters = { new() { Value = tenant.ToString() } },
                },
                new(sql) { Parameters = { new() { Value = devices } } },
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct)) { }
        return watch.Elapsed.TotalMilliseconds;
    }
}
