using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>The id of a thing is that of its address; a body may repeat it but not contradict it.</summary>
internal static class BodyId
{
    /// <param name="code">Our code of a wrong body of this kind.</param>
    /// <param name="member">How the body calls the id.</param>
    /// <exception cref="InvalidRequestException">The body names another id than the address.</exception>
    public static void Demand(string code, string member, string? inBody, string inAddress)
    {
        if (inBody is not null && inBody != inAddress)
            throw new InvalidRequestException(
                code,
                [new Fault(member, $"The body says '{inBody}', the address '{inAddress}'. Leave it out of the body.")]
            );
    }
}
