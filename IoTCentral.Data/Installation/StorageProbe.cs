using IoTCentral.Core.Installation;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Installation;

/// <summary>Asks the database for nothing, as a request would.</summary>
internal sealed class StorageProbe(AppDataSource source, TimeProvider time) : IStorageProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        // A hanging server answers neither yes nor no, so the time is what decides.
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await using var command = source.Value.CreateCommand("select 1");
            await command.ExecuteScalarAsync(both.Token);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return false;
        }
    }
}
