namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>What people want after they have seen what publishing does.</summary>
internal enum PublishAnswer
{
    Nothing,
    Publish,
    NewVersion,
}
