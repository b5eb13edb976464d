using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Dashboards;

/// <summary>A page of tiles that people open to see how their devices are.</summary>
public sealed record Dashboard
{
    /// <summary>Grid columns on a wide screen; a phone shows one column.</summary>
    public const int Columns = 12;

    /// <summary>More tiles on one page than anybody can look at.</summary>
    public const int MaxTiles = 100;

    public required string Id { get; init; }
    public required string Name { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;

    /// <summary>Opens first.</summary>
    public bool IsHome { get; init; }

    /// <summary>Cloud or reported property whose values the scope picker offers (e.g. the store); null: devices only.</summary>
    public string? ScopeProperty { get; init; }
    public IReadOnlyList<Tile> Tiles { get; init; } = [];
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>This dashboard with the tile added below all others.</summary>
    public Dashboard Add(Tile tile)
    {
        var bottom = Tiles.Count == 0 ? 0 : Tiles.Max(t => t.Y + t.Height);
        return this with { Tiles = [.. Tiles, tile with { X = 0, Y = bottom }] };
    }

    public Dashboard Replace(Tile tile) => this with { Tiles = [.. Tiles.Select(t => t.Id == tile.Id ? tile : t)] };

    public Dashboard Remove(string tileId) => this with { Tiles = [.. Tiles.Where(t => t.Id != tileId)] };
}
