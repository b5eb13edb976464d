namespace IoTCentral.Web.Ui.Grid;

/// <summary>A place on a dashboard: 12 columns, rows of 64 px with 12 px between.</summary>
/// <param name="Id">What it holds; unique on the dashboard.</param>
public sealed record GridTile(string Id, int X, int Y, int Width, int Height)
{
    /// <summary>The least size it is of use at.</summary>
    public int MinWidth { get; init; } = 2;
    public int MinHeight { get; init; } = 2;

    /// <summary>Name for screen readers while it is moved by keyboard.</summary>
    public string? Name { get; init; }

    /// <summary>Reading order: rows, then columns; also the order of importance on a phone.</summary>
    public static IEnumerable<GridTile> InOrder(IEnumerable<GridTile> tiles) =>
        tiles.OrderBy(t => t.Y).ThenBy(t => t.X);

    /// <summary>The first free place for a new tile of this size: below everything.</summary>
    public static GridTile Below(IReadOnlyCollection<GridTile> tiles, string id, int width, int height) =>
        new(id, 0, tiles.Count == 0 ? 0 : tiles.Max(t => t.Y + t.Height), width, height);
}
