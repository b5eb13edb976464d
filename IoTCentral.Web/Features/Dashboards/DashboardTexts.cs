namespace IoTCentral.Web.Features.Dashboards;

/// <summary>Names the resource <c>DashboardTexts.resx</c>: words of dashboards, tiles and their editor.</summary>
public sealed class DashboardTexts;
