using System.Globalization;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace IoTCentral.Data.Tenants;

/// <summary>
/// Brings what other processes changed (the command line, another server) into this one's <see cref="ChangeFeed"/>:
/// triggers announce it with the commit. What was said while nobody listened is not known, so each time listening
/// begins, everything is told to have changed.
/// </summary>
/// <param name="origin">Of this process, whose own changes are told already.</param>
internal sealed class ChangeListener(
    string origin,
    ListenDataSource source,
    AppDataSource app,
    SystemDataSource system,
    ITenantStore tenants,
    ChangeFeed changes,
    TimeProvider time,
    ILogger<ChangeListener> logger
) : BackgroundService
{
    private const string Channel = "iotcentral_change";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    // A line that hangs says nothing, like a quiet one: so it is asked.
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(10);
    private const int SecondsToAnswer = 5;

    private static readonly Dictionary<string, ChangeKind> Kinds = Enum.GetValues<ChangeKind>()
        .ToDictionary(k => EnumText<ChangeKind>.Text(k), k => k, StringComparer.Ordinal);

    // What others remember of an application; each listener takes what it knows.
    private static readonly ChangeKind[] Remembered =
    [
        ChangeKind.Application,
        ChangeKind.Template,
        ChangeKind.Device,
        ChangeKind.Rule,
        ChangeKind.Alert,
        ChangeKind.Dashboard,
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TryListenAsync(stoppingToken);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the program ends
        }
    }

    private async Task TryListenAsync(CancellationToken ct)
    {
        try
        {
            await ListenAsync(ct);
        }
        catch (Exception e)
        {
            if (!ct.IsCancellationRequested)
                logger.LogWarning("Changes by other processes are not heard at the moment ({Reason}).", e.Message);
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await source.Value.OpenConnectionAsync(ct);
        ForgetConnections();
        connection.Notification += (_, e) => Tell(e.Payload);
        await ExecuteAsync(connection, $"listen {Channel}", ct);
        await TellAllAsync(ct);
        while (true)
        {
            if (!await connection.WaitAsync(AskAfter, ct))
                await ExecuteAsync(connection, "select 1", ct);
        }
    }

    /// <summary>Origin, kind, tenant, device key, id; the last two may be empty.</summary>
    private void Tell(string payload)
    {
        var parts = payload.Split('|', 5);
        if (
            parts.Length != 5
            || parts[0].EndsWith(origin, StringComparison.Ordinal)
            || !Kinds.TryGetValue(parts[1], out var kind)
            || !int.TryParse(parts[2], CultureInfo.InvariantCulture, out var tenant)
        )
            return;
        var key = long.TryParse(parts[3], CultureInfo.InvariantCulture, out var device) ? device : (long?)null;
        var id = parts[4].Length == 0 ? null : parts[4];
        changes.Publish(new Change(new TenantId(tenant), kind, key, id) { IsFromElsewhere = true });
    }

    /// <summary>
    /// What broke this line broke those that lie in the pools as well; each of them would fail the next request that
    /// takes it. At the start they are empty.
    /// </summary>
    private void ForgetConnections()
    {
        app.Value.Clear();
        system.Value.Clear();
    }

    private async Task TellAllAsync(CancellationToken ct)
    {
        foreach (var application in await tenants.ListAsync(ct))
        {
            foreach (var kind in Remembered)
                changes.Publish(new Change(application.TenantId, kind) { IsFromElsewhere = true });
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = SecondsToAnswer };
        await command.ExecuteNonQueryAsync(ct);
    }
}
