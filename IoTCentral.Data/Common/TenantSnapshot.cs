using IoTCentral.Core.Tenants;
using Npgsql;

namespace IoTCentral.Data.Common;

/// <summary>
/// Questions of <c>iot_app</c> inside a tenant that see the database as it was at the first of them. Begin and end travel
/// with the questions, so that a single one takes a single round trip.
/// </summary>
internal sealed class TenantSnapshot(NpgsqlConnection connection, TenantId tenant) : IAsyncDisposable
{
    private readonly List<NpgsqlBatch> _batches = [];

    /// <summary>Asks them together; the reader stands at the first one's rows, and is to be disposed before the next call.</summary>
    /// <param name="isLast">Nothing will be asked after them.</param>
    public async Task<NpgsqlDataReader> AskAsync(
        IEnumerable<NpgsqlBatchCommand> questions,
        bool isLast,
        CancellationToken ct
    )
    {
        var isFirst = _batches.Count == 0;
        var batch = new NpgsqlBatch(connection);
        _batches.Add(batch);
        if (isFirst)
        {
            batch.BatchCommands.Add(new("begin isolation level repeatable read read only"));
            // planning a question over partitions takes longer than answering it
            batch.BatchCommands.Add(
                new(
                    "select set_config('app.tenant_id', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)"
                )
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = tenant.ToString() } },
                }
            );
        }
        foreach (var question in questions)
            batch.BatchCommands.Add(question);
        if (isLast)
            batch.BatchCommands.Add(new("commit"));
        var reader = await batch.ExecuteReaderAsync(ct);
        if (isFirst)
            await reader.NextResultAsync(ct);
        return reader;
    }

    // a transaction that is still open ends when the connection goes back
    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _batches)
            await batch.DisposeAsync();
    }
}
