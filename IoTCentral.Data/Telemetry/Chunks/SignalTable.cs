using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Numbers of the names that values have; they are never given up, so what was once read holds.</summary>
internal sealed class SignalTable(SystemDb db)
{
    /// <summary>
    /// More names a tenant's devices cannot make: who sends a new one with each message would fill the table. What is
    /// beyond stays in the raw data.
    /// </summary>
    public const int MostOfTenant = 50_000;

    private readonly ConcurrentDictionary<(TenantId Tenant, string Component, string Name), int> _known = new();
    private readonly ConcurrentDictionary<TenantId, int> _counts = new();

    /// <summary>Of names that have one already; 0: this one has none.</summary>
    public int Find(TenantId tenant, string component, string name) =>
        _known.GetValueOrDefault((tenant, component, name));

    /// <summary>Gives numbers to names that have none.</summary>
    public async Task AddAsync(
        TenantId tenant,
        IReadOnlyCollection<(string Component, string Name)> names,
        CancellationToken ct
    )
    {
        await LoadAsync(tenant, ct);
        var fresh = names
            .Where(n => !_known.ContainsKey((tenant, n.Component, n.Name)))
            .Take(Math.Max(0, MostOfTenant - _counts.GetValueOrDefault(tenant)))
            .ToList();
        if (fresh.Count == 0)
            return;
        await using var command = db.Source.CreateCommand(
            """
            insert into signal (tenant_id, component, name, digest)
            select $1, f.* from unnest($2, $3, $4) as f (component, name, digest)
            on conflict (tenant_id, digest) do nothing
            """
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Value });
        command.Parameters.Add(Texts(fresh.Select(f => f.Component)));
        command.Parameters.Add(Texts(fresh.Select(f => f.Name)));
        command.Parameters.Add(
            new NpgsqlParameter<byte[][]>
            {
                TypedValue = [.. fresh.Select(Digest)],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
            }
        );
        await command.ExecuteNonQueryAsync(ct);
        _counts.TryRemove(tenant, out _);
        await LoadAsync(tenant, ct);
    }

    private async Task LoadAsync(TenantId tenant, CancellationToken ct)
    {
        if (_counts.ContainsKey(tenant))
            return;
        var rows = await db.QueryAsync<(int Id, string Component, string Name)>(
            "select signal_id, component, name from signal where tenant_id = @tenant",
            new { tenant = tenant.Value },
            ct
        );
        foreach (var row in rows)
            _known[(tenant, row.Component, row.Name)] = row.Id;
        _counts[tenant] = rows.Count;
    }

    // the length keeps "a" + "bc" from being "ab" + "c"
    public static byte[] Digest((string Component, string Name) signal) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{signal.Component.Length}:{signal.Component}{signal.Name}"));

    private static NpgsqlParameter<string[]> Texts(IEnumerable<string> texts) =>
        new() { TypedValue = [.. texts], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
