namespace IoTCentral.Core.Common;

/// <summary>Keys of pages, which are handed out with the page before.</summary>
public static class PageKey
{
    /// <summary>One that nobody handed out.</summary>
    public static InvalidRequestException Unknown() =>
        new("page.unknown", "This page does not exist. Start again from the first one.");
}
