using System.Text;
using System.Xml.Linq;
using IoTCentral.Core.Access;
using IoTCentral.Core.Installation;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace IoTCentral.Web.Security;

/// <summary>ASP.NET Core's key ring in our database, each key wrapped by the master key.</summary>
internal sealed class KeyRing(IKeyRingStore store, ISecretBox box, TimeProvider time)
    : IXmlRepository,
        IConfigureOptions<KeyManagementOptions>
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.List().Select(k => XElement.Parse(Encoding.UTF8.GetString(box.Unwrap(k.Wrapped, PlaceOf(k.Name)))))];

    public void StoreElement(XElement element, string friendlyName)
    {
        var xml = Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
        store.Add(new(friendlyName, box.Wrap(xml, PlaceOf(friendlyName))), time.GetUtcNow());
    }

    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = this;
        // the repository wraps the whole element
        options.XmlEncryptor = new NullXmlEncryptor();
    }

    private static string PlaceOf(string name) => $"data-protection/{name}";
}
