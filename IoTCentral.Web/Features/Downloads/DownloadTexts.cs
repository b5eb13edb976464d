namespace IoTCentral.Web.Features.Downloads;

/// <summary>Names the resource <c>DownloadTexts.resx</c>: words of what can be saved as a file.</summary>
public sealed class DownloadTexts;
