namespace IoTCentral.Web.Features.Downloads;

/// <summary>Names the resource <c>DownloadTexts.resx</c>: words of dashboards, tiles and their editor.</summary>
public sealed class DownloadTexts;
