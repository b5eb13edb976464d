using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Overview;

/// <summary>Which tiles stand where: in the template's order, rows of 12 columns filled to their end.</summary>
internal static class OverviewLayout
{
    private const int Columns = 12;

    // Key figures narrower than this cut their numbers off, wider ones are mostly empty.
    private const int LeastFigure = 3;

    /// <summary>The tiles to show by their place in the list, each with its width in columns.</summary>
    public static IReadOnlyList<(int Tile, int Width)> Of(
        IReadOnlyList<TileModel> tiles,
        Func<TileModel, bool> hasContent
    )
    {
        var shown = Enumerable.Range(0, tiles.Count).Where(i => hasContent(tiles[i])).ToList();
        var placed = new List<(int Tile, int Width)>();
        var row = new List<int>();
        foreach (var tile in shown)
        {
            // figures and charts do not share a row: one is low, the other high
            var isOther = row.Count > 0 && IsFigure(tiles[row[^1]]) != IsFigure(tiles[tile]);
            if (isOther || row.Sum(i => WidthOf(tiles[i])) + WidthOf(tiles[tile]) > Columns)
                Close(placed, row, tiles);
            row.Add(tile);
        }

        Close(placed, row, tiles);
        return placed;
    }

    private static void Close(List<(int Tile, int Width)> placed, List<int> row, IReadOnlyList<TileModel> tiles)
    {
        if (row.Count == 0)
            return;
        if (IsFigure(tiles[row[0]]))
        {
            // four figures fill a row, fewer share it
            var width = row.Count == 1 ? Columns : Columns / row.Count;
            placed.AddRange(row.Select(i => (i, width)));
        }
        else
        {
            var left = Columns - row.Sum(i => WidthOf(tiles[i]));
            placed.AddRange(row.Select((i, at) => (i, WidthOf(tiles[i]) + (at == row.Count - 1 ? left : 0))));
        }

        row.Clear();
    }

    private static bool IsFigure(TileModel tile) => tile.Tile.Kind == ViewTileKind.Kpi;

    private static int WidthOf(TileModel tile) =>
        IsFigure(tile) ? LeastFigure
        : tile.Tile.Width is 4 or 6 or 8 or 12 ? tile.Tile.Width
        : 6;
}
