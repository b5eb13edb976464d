using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.Downloads;

/// <summary>
/// How many downloads an application has at a time: each holds a connection to the database while its reader takes it, and
/// a reader may be slow.
/// </summary>
internal sealed class DownloadSlots() : ApplicationSlots(MostOfApplication)
{
    public const int MostOfApplication = 4;
}
