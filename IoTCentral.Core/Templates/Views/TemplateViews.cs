namespace IoTCentral.Core.Templates;

/// <summary>What people chose for the pages of a template's devices; everything absent is made by default.</summary>
public sealed record TemplateViews
{
    public static TemplateViews Default { get; } = new();

    /// <summary>Tiles of the overview in order; null: those of DefaultViews, which follow the template.</summary>
    public IReadOnlyList<ViewTile>? Overview { get; init; }
}
