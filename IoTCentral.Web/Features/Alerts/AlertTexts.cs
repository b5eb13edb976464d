namespace IoTCentral.Web.Features.Alerts;

/// <summary>Names the resource <c>AlertTexts.resx</c>: words of alerts.</summary>
public sealed class AlertTexts;
