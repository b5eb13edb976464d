namespace IoTCentral.Web.Tests;
