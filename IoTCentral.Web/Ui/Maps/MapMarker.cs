namespace IoTCentral.Web.Ui.Maps;

/// <summary>Something on a map.</summary>
/// <param name="Tone">Colour and shape; in a cluster the worst one counts.</param>
/// <param name="State">The state in words, shown in the popup: "over limit".</param>
/// <param name="Note">One more line in the popup: "8.7 °C, 4 s ago".</param>
/// <param name="Href">Where its name leads, an address of this site.</param>
public sealed record MapMarker(
    string Id,
    string Name,
    double Latitude,
    double Longitude,
    Tone Tone = Tone.Good,
    string? State = null,
    string? Note = null,
    string? Href = null
);

/// <summary>The part of the world that a map shows.</summary>
public sealed record MapPlace(double Latitude, double Longitude, double Zoom);

/// <summary>A tile server to draw below the markers, by setting; its host must be allowed by the content security policy.</summary>
/// <param name="Url">With {z}, {x} and {y}.</param>
public sealed record MapTiles(string Url, string Attribution);
