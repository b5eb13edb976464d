namespace IoTCentral.Web.Features.Devices.Approval;

/// <summary>Names the resource <c>ApprovalTexts.resx</c>: words about devices that wait for approval.</summary>
public sealed class ApprovalTexts;
