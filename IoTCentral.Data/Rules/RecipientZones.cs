using IoTCentral.Core.Rules;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Rules;

internal sealed class RecipientZones(TenantDb db) : IRecipientZones
{
    public async Task<IReadOnlyDictionary<string, string>> FindAsync(
        IReadOnlyCollection<string> addresses,
        CancellationToken ct
    )
    {
        var rows = await db.QueryPlatformAsync<ZoneRow>(
            """
            select g.address, p.time_zone
            from unnest(@addresses) as g (address)
            join person p on p.normalized_email = upper(g.address)
            where p.time_zone is not null
            """,
            new { addresses = addresses.ToArray() },
            ct
        );
        return rows.DistinctBy(r => r.Address).ToDictionary(r => r.Address, r => r.TimeZone);
    }

    private sealed record ZoneRow
    {
        public required string Address { get; init; }
        public required string TimeZone { get; init; }
    }
}
