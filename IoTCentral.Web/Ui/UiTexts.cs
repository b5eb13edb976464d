namespace IoTCentral.Web.Ui;

/// <summary>Names the resource <c>UiTexts.resx</c>: words of the frame and of the shared parts.</summary>
public sealed class UiTexts;
